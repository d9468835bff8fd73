import NIOCore
import StrictJSON

/// What a client of the gateway got.
struct Answer: Sendable {
  let status: Int
  let body: ByteBuffer
  private let values: [String: [String]]

  init(status: Int, fields: [(name: String, value: String)], body: ByteBuffer) {
    (self.status, self.body) = (status, body)
    values = Dictionary(grouping: fields) { $0.name.lowercased() }.mapValues { $0.map(\.value) }
  }

  /// The values of a field, by its name in lower case.
  subscript(name: String) -> [String] { values[name] ?? [] }

  var text: String { String(buffer: body) }
  /// `null` when it is none.
  var json: JSON { (try? JSON(parsing: text, limits: .trusted)) ?? .null }
  /// Of a problem.
  var code: String? { json["code"]?.string }
}
