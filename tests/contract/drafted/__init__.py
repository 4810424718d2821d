"""Small right servers, each with a document in the style of another framework, for drafting target files from."""
