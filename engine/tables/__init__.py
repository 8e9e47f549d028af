"""Decision tables: tests on columns, their index, hit policies, compilation and analysis."""

from engine.tables.compile import ReadTable, compile_table, read_table
from engine.tables.compiled import CompiledTable

__all__ = ["CompiledTable", "ReadTable", "compile_table", "read_table"]
