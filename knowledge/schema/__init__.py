"""The shape of the content files: what an editor may write, for the loader and for the editor's own program."""
