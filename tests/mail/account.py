"""The account that the tests' mail servers let in, on this machine."""

HOST = "127.0.0.1"
USER, PASSWORD = "zwgk@example.gov.cn", "geheim-1234"
