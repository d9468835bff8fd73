/// An SVG document, written element by element. By hand: a few shapes and words need no library.
///
/// It is an image to assistive technology, with a title and a description, and refers to nothing outside of itself.
/// Colours are presentation attributes; only `Theme.auto` adds a style sheet. So a reader without media queries, and a
/// page that forbids style sheets, shows the light colours.
package struct SVG: Sendable {
  package let width, height: Double
  private let title, description: String
  private let theme: Theme
  private var body = ""
  /// What the style sheet must turn dark.
  private var painted: Set<Painted> = []

  /// - Parameters:
  ///   - width: of the drawing, in units of its own, as all lengths here.
  ///   - title: what it is, in a few words; `description` says what can be seen.
  package init(width: Double, height: Double, title: String, description: String, theme: Theme = .light) {
    self.width = width
    self.height = height
    self.title = title
    self.description = description
    self.theme = theme
  }

  package static let systemFonts =
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Helvetica, Arial, 'DejaVu Sans', sans-serif"

  /// The whole document.
  /// - Parameters:
  ///   - shownWidth: in CSS pixels, to which the drawing is scaled; nil is its own width.
  ///   - copy: tells apart the ids of documents that are otherwise the same and stand in one page.
  package func document(shownWidth: Double? = nil, copy: Int = 0, fonts: String = systemFonts) -> String {
    let shown = shownWidth ?? width
    let id = "p" + fingerprint("\(title)\0\(description)\0\(theme.rawValue)\0\(shown)\0\(copy)\0\(body)")
    let root = opening(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "id": .text(id), "width": .number(shown),
        "height": .number(height * shown / width), "viewBox": "0 0 \(decimal(width)) \(decimal(height))", "role": "img",
        "aria-labelledby": "\(id)t \(id)d", "font-family": .text(fonts),
      ])
    return """
      <\(root)>
      <title id="\(id)t">\(XMLText.escaped(title))</title>
      <desc id="\(id)d">\(XMLText.escaped(description))</desc>
      \(styleSheet(id))\(body)</svg>

      """
  }

  // MARK: - Elements

  /// An element that is empty, or holds text, or what `content` adds.
  /// - Parameter attributes: those that are nil are left out.
  package mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, Attribute?>, text: String? = nil,
    content: ((inout SVG) -> Void)? = nil
  ) {
    body += "<\(opening(name, attributes))"
    for case (let property, .paint(.role(let role))?) in attributes where theme == .auto {
      painted.insert(Painted(property: property, role: role))
    }
    if let text {
      body += ">\(XMLText.escaped(text))</\(name)>\n"
    } else if let content {
      body += ">\n"
      content(&self)
      body += "</\(name)>\n"
    } else {
      body += "/>\n"
    }
  }

  /// Name and attributes; the class names what the style sheet paints.
  private func opening(_ name: String, _ attributes: KeyValuePairs<String, Attribute?>) -> String {
    var opening = name
    var classes: [String] = []
    for case (let key, let value?) in attributes {
      opening += " \(key)=\"\(written(value))\""
      if theme == .auto, case .paint(.role(let role)) = value {
        classes.append(Painted(property: key, role: role).className)
      }
    }
    return classes.isEmpty ? opening : opening + " class=\"\(classes.joined(separator: " "))\""
  }

  private func written(_ value: Attribute) -> String {
    switch value {
    case .text(let text): XMLText.escaped(text)
    case .number(let number): decimal(number)
    case .paint(.color(let color)): XMLText.escaped(color)
    case .paint(.role(let role)): Palette.color(role, isDark: theme == .dark)
    }
  }

  /// Holds for this document alone, wherever it stands: each rule begins with its id.
  private func styleSheet(_ id: String) -> String {
    guard !painted.isEmpty else { return "" }
    let rules = painted.sorted { $0.className < $1.className }.map {
      "#\(id) .\($0.className){\($0.property):\(Palette.color($0.role, isDark: true))}\n"
    }
    return "<style>@media (prefers-color-scheme:dark){\n\(rules.joined())}</style>\n"
  }

  /// A role as one property: `fill` or `stroke`.
  private struct Painted: Hashable {
    let property: String
    let role: Role
    var className: String { "\(role.rawValue)-\(property)" }
  }
}

// MARK: - Values

extension SVG {
  package enum Paint: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The same in every theme.
    case color(String)
    case role(Role)

    package init(stringLiteral value: String) { self = .color(value) }
  }

  package enum Attribute: Sendable, ExpressibleByStringInterpolation, ExpressibleByFloatLiteral,
    ExpressibleByIntegerLiteral
  {
    case text(String)
    case number(Double)
    case paint(Paint)

    package init(stringLiteral value: String) { self = .text(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(integerLiteral value: Int) { self = .number(Double(value)) }

    package static func role(_ role: Role) -> Attribute { .paint(.role(role)) }
  }
}

/// With two decimals at most: a hundredth of a pixel is not seen.
package func decimal(_ value: Double) -> String {
  let hundredths = Int((min(max(value, -1e9), 1e9) * 100).rounded())
  let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
  let sign = hundredths < 0 ? "-" : ""
  if rest == 0 { return "\(sign)\(whole)" }
  return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
}

/// Another one for another text, in hexadecimal digits, which spell no words.
/// - Source: FNV-1a, 64 bits.
private func fingerprint(_ text: String) -> String {
  let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  return String(hash, radix: 16)
}
