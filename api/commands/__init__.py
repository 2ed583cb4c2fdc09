"""The subcommands of `sanad`, one module each."""
