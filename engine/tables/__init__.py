"""Decision tables: tests on columns, their index, hit policies, compilation and analysis."""
