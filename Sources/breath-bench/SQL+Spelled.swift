extension SQL {
  /// A statement that answers one row: `texts`, each bound value as PostgreSQL itself prints it (NULL for NULL), and
  /// `types`, their types. `breath bench` writes scripts for pgbench with them.
  package var spelled: SQL {
    var text = SQLText()
    text.append("SELECT ARRAY[")
    listPlaceholders("", "::text", in: &text)
    text.append("]::text[] AS texts, ARRAY[")
    listPlaceholders("pg_typeof(", ")::text", in: &text)
    text.append("]::text[] AS types")
    return replacing(text)
  }

  private func listPlaceholders(_ before: StaticString, _ after: StaticString, in text: inout SQLText) {
    for index in parameters.indices {
      text.append(index == 0 ? "" : ", ")
      text.append(before)
      _ = text.append(placeholder: index + 1)
      text.append(after)
    }
  }
}
