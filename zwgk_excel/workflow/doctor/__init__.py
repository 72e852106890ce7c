"""What ``zwgk doctor`` looks at: the program, the computer, the workspace, the mailbox."""
