import FunctionRuntime

extension Query {
  /// - Throws: 400 `invalid_query`.
  package var detail: Detail? {
    get throws {
      guard let text = self["detail"] else { return nil }
      guard let detail = Detail(rawValue: text) else {
        throw Problem(400, code: "invalid_query", detail: "detail must be \"days\" or \"sessions\".")
      }
      return detail
    }
  }
}
