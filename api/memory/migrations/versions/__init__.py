"""The revisions; none of them is changed once it has been released."""
