internal import StrictJSON

extension JSON {
  /// For people: two spaces a level, as the extension writes its own export, and a line feed at the end.
  var pretty: String {
    var text = ""
    write(into: &text, indent: "\n")
    return text + "\n"
  }

  private func write(into text: inout String, indent: String) {
    switch self {
    case .array(let items) where !items.isEmpty:
      JSON.list(items, "[", "]", into: &text, indent) { item, text, indent in item.write(into: &text, indent: indent) }
    case .object(let object) where object.count > 0:
      JSON.list(object.members, "{", "}", into: &text, indent) { member, text, indent in
        text += JSON.string(member.key).text + ": "
        member.value.write(into: &text, indent: indent)
      }
    case .null, .bool, .integer, .double, .string, .damaged, .array, .object, .raw: text += self.text
    }
  }

  private static func list<Item>(
    _ items: [Item], _ opening: String, _ closing: String, into text: inout String, _ indent: String,
    _ write: (Item, inout String, String) -> Void
  ) {
    text += opening
    for (index, item) in items.enumerated() {
      text += (index == 0 ? "" : ",") + indent + "  "
      write(item, &text, indent + "  ")
    }
    text += indent + closing
  }
}
