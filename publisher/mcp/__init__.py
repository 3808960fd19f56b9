"""Tools for an assistant over the Model Context Protocol (extra ``mcp``): `publisher mcp`.

commands   runs a publisher command as a process of its own and returns its report
files      reads and writes files inside of the content folder, and nowhere else
server     the tools
"""
