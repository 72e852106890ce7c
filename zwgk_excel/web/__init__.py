"""Web pages of strangers, visited politely and read without anything in them acting.

addresses   which addresses may be visited, and which machine a name stands for
exchange    one request and its answer, bounded in time and size
pages       what a page says of itself
visiting    one link with its redirects
crawling    many links, a few at a time
"""
