/// The header of that name (RFC 9110, 13.1.2), which is compared weakly: `W/` makes no difference.
enum IfNoneMatch {
  /// At most so many tags are looked at.
  private static let tagsMax = 16

  /// What stands between the quotes of each; `*` as it is.
  static func tags(_ header: String?) -> [Substring] {
    guard let header else { return [] }
    return header.split(separator: ",", maxSplits: tagsMax).prefix(tagsMax).map { part in
      var tag = part.drop { $0 == " " || $0 == "\t" }
      while tag.last == " " || tag.last == "\t" { tag.removeLast() }
      if tag.hasPrefix("W/") { tag.removeFirst(2) }
      guard tag.count >= 2, tag.first == "\"", tag.last == "\"" else { return tag }
      return tag.dropFirst().dropLast()
    }
  }
}
