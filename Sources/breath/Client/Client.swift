internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import StrictJSON
internal import ToolSupport

/// Calls to one server. A busy one is given the time it asks for.
struct Client {
  let server: ServerURL
  private let http: HTTPClient

  private static let timeoutSeconds: Int64 = 60
  private static let answerBytesMax = 8 << 20
  private static let retriesMax = 3
  private static let patienceSeconds = 120

  /// The client is of use inside `work` only.
  static func to<Value>(_ server: ServerURL, _ work: (Client) async throws -> Value) async throws -> Value {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = .seconds(10)
    configuration.connectionPool.retryConnectionEstablishment = false
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    do {
      let value = try await work(Client(server: server, http: http))
      try await http.shutdown()
      return value
    } catch {
      try? await http.shutdown()
      throw error
    }
  }

  /// - Parameter path: from `/v1` on.
  func call(_ method: HTTPMethod, _ path: String, token: String? = nil, _ body: JSON? = nil) async throws -> Answer {
    var request = HTTPClientRequest(url: server.text + path)
    request.method = method
    request.headers.add(name: "Accept", value: "application/json")
    if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
    if let body {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(bytes: body.encoded))
    }
    for retry in 1...Client.retriesMax {
      let answer = try await send(request)
      guard let seconds = answer.retryAfterSeconds, seconds <= Client.patienceSeconds else { return answer }
      Terminal.note("\(answer.complaint) Trying again in \(seconds) s (\(retry) of \(Client.retriesMax)).")
      try await Task.sleep(for: .seconds(seconds))
    }
    return try await send(request)
  }

  private func send(_ request: HTTPClientRequest) async throws -> Answer {
    do {
      let response = try await http.execute(request, timeout: .seconds(Client.timeoutSeconds))
      let bytes = try await response.body.collect(upTo: Client.answerBytesMax)
      return Answer(
        status: Int(response.status.code), headers: response.headers,
        json: try? JSON(parsing: Array(bytes.readableBytesView), limits: .trusted), server: server)
    } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
      throw Failure(.unavailable, "\(server) did not answer in time: run it again, for nothing counts twice.")
    } catch is NIOTooManyBytesError {
      throw Failure(.unavailable, "\(server) does not answer like Breath Master Sync: is --url right?")
    } catch is HTTPClientError {
      throw Failure(.unavailable, "The connection to \(server) broke: run it again, for nothing counts twice.")
    } catch {
      throw Failure(.unavailable, "\(server) cannot be reached: is it running, and is --url right?")
    }
  }
}

/// What a server answered.
struct Answer {
  let status: Int
  let headers: HTTPHeaders
  /// Nil when the body is none.
  let json: JSON?
  let server: ServerURL

  /// Only of a reply that may be different soon.
  var retryAfterSeconds: Int? {
    guard status == 429 || status == 503 else { return nil }
    return headers.first(name: "Retry-After").flatMap { Int($0) }.map { max(1, $0) }
  }

  /// The target of `Link: <…>; rel="next"` (RFC 8288).
  var next: String? {
    for link in headers["Link"] where link.hasPrefix("<") && link.contains("rel=\"next\"") {
      return link.dropFirst().split(separator: ">").first.map { String($0) }
    }
    return nil
  }

  /// The body of a success.
  /// - Throws: what the server has against it, in its own words (RFC 9457).
  func success() throws -> JSON {
    if (200..<300).contains(status), let json, json.object != nil { return json }
    throw Failure((400..<500).contains(status) ? .refused : .unavailable, complaint)
  }

  /// For an answer that has no body.
  func checkSuccess() throws { if !(200..<300).contains(status) { _ = try success() } }

  fileprivate var complaint: String {
    guard let code = json?["code"]?.string, let detail = json?["detail"]?.string else {
      return "\(server) does not answer like Breath Master Sync (status \(status)): is --url right?"
    }
    let fields = (json?["errors"]?.array ?? []).compactMap { error in
      error["detail"]?.string.map { "\(error["pointer"]?.string ?? "") \($0)." }
    }
    let text = fields.isEmpty ? detail : fields.joined(separator: " ")
    let place = status < 500 ? "" : json?["instance"]?.string.map { ", \($0)" } ?? ""
    return "\(text) (\(status) \(code)\(place))".printable
  }
}
