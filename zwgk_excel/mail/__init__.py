"""Mail: composing, sending (SMTP, .eml, Outlook), fetching (IMAP), parsing, and diagnosis of servers."""
