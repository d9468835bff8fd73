import Synchronization
import TestSupport

/// A wire between one client and the server that can be cut at a chosen moment. Serves one connection.
final class Proxy: Sendable {
  enum Mode: Sendable {
    case forward
    /// The server gets the request; the client gets a hang-up instead of the reply.
    case loseReply
    /// The client gets a hang-up as soon as it sends; the server gets nothing.
    case loseRequest
    /// Nothing is read from the client any more.
    case stall
    /// The client gets one byte at a time.
    case trickle
  }

  /// What the relay's thread and the test share.
  private final class Setting: Sendable {
    let mode = Mutex(Mode.forward)
  }

  private let relay: Relay
  private let setting: Setting

  init(to server: UInt16) throws {
    let setting = Setting()
    self.setting = setting
    // A small buffer, so that a stalled client soon has something left to send.
    relay = try Relay(to: .port(server), receiveBufferBytes: 16 * 1024, connectionsMax: 1) {
      Wire(setting: setting)
    }
  }

  var port: UInt16 { relay.port }

  func set(_ mode: Mode) { setting.mode.withLock { $0 = mode } }

  private struct Wire: Relay.Interference {
    let setting: Setting

    func bytesMax(from side: Relay.Side) -> Int {
      switch (setting.mode.withLock { $0 }, side) {
      case (.stall, .client): 0
      case (.trickle, .server): 1
      case (.forward, _), (.loseReply, _), (.loseRequest, _), (.stall, .server), (.trickle, .client): .max
      }
    }

    func decision(on count: Int, from side: Relay.Side) -> Relay.Decision {
      switch (setting.mode.withLock { $0 }, side) {
      case (.loseRequest, .client), (.loseReply, .server): .hangUp
      case (.stall, .client): .swallow  // it was waited for before the wire stalled
      case (.forward, _), (.loseRequest, .server), (.loseReply, .client), (.stall, .server), (.trickle, _): .pass
      }
    }
  }
}
