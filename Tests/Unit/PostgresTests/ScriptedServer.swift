import Foundation
import Glibc
import TestSupport

/// A server without PostgreSQL behind it, for one client: it answers whatever is said to it with the next of its answers,
/// says after the last that there are no more, and hears the client out.
struct ScriptedServer {
  let port: UInt16

  init(answers: [String]) throws {
    let listener = try Endpoint.port(0).bound()
    port = Endpoint.port(of: listener)
    guard listen(listener, 1) == 0 else { throw Spawn.Failure(call: "listen", code: errno) }
    Thread.detachNewThread {
      let client = accept(listener, nil, nil)
      defer { for socket in [client, listener] { close(socket) } }
      ScriptedServer.answer(client, answers)
    }
  }

  private static func answer(_ client: CInt, _ answers: [String]) {
    var buffer = [UInt8](repeating: 0, count: 1024)
    for answer in answers {
      _ = unsafe recv(client, &buffer, buffer.count, 0)
      _ = unsafe send(client, answer, answer.utf8.count, CInt(MSG_NOSIGNAL))
    }
    shutdown(client, CInt(SHUT_WR))
    while unsafe recv(client, &buffer, buffer.count, 0) > 0 {}
  }
}

/// A port that is taken, and where nobody listens: whoever connects is refused.
final class DeafPort {
  let number: UInt16
  private let socket: CInt

  init() throws {
    socket = try Endpoint.port(0).bound()
    number = Endpoint.port(of: socket)
  }

  deinit { close(socket) }
}
