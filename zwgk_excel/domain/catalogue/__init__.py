"""标准目录 (两化): what an import changes in it, and what its entries are tied to."""
