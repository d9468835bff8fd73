/// What histories are played against: the model, or the executables with a real database.
///
/// A request is handed over and then asked after, so that the work of several overlaps.
package protocol Server: AnyObject {
  /// Lets a device into the account.
  func enrol(_ device: DeviceID, name: String, zone: Zone) throws
  /// What the server's clock shows while people live at `journalMs`. The model lives with them; the real server is
  /// always later, so that nothing happens in its future.
  func wallMs(journalMs: Int64) -> Int64
  /// - Parameter fate: of the process that works on it.
  /// - Returns: a ticket to ask with.
  func submit(_ call: Call, fate: Fate) throws -> Int
  /// Lets the work go on. Nil when there is no answer yet (`isOpen`), or never will be.
  func advance(_ ticket: Int, nowMs: Int64, fate: Fate) throws -> Answer?
  func isOpen(_ ticket: Int) -> Bool
  /// From now on nothing happens to it any more.
  func heal()
  /// All it has, for a trace.
  var summary: String { get }
  func backUp() throws
  var backupCount: Int { get }
  /// Puts a backup in the place of the data.
  /// - Parameter isNoticed: whether the operator said so, as the manual tells him to.
  func restore(_ index: Int, isNoticed: Bool) throws
}

/// What becomes of the process that works on a request.
package enum Fate: Sendable { case lives, killedBeforeCommit, killedAfterCommit }
