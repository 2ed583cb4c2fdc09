"""How people and programs reach Sanad: HTTP, the chat page and the command line."""
