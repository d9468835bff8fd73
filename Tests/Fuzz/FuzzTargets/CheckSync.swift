import Backend
import BreathDomain
import StrictJSON

/// A body that is read has each item once: on its way to the database, or with its verdict. An item that is good alone is
/// good among bad ones.
func checkSync(_ input: [UInt8]) throws {
  guard let tree = try? JSON(parsing: input, limits: .request) else { return }
  let body = JSONNode(tree)
  guard let (kept, judged) = try? UntrustedInput.sync(body) else { return }
  try require(Set(kept).isDisjoint(with: judged), "an item is kept and judged")
  try require(Set(kept).count == kept.count && Set(judged).count == judged.count, "an item is there twice")
  for pointer in judged { try require(value(at: pointer, in: tree) != nil, "a verdict on nothing: \(pointer)") }
  let push = body["push"]
  for list in ["sessions", "days", "settings", "deletions"] {
    for item in (try? push[list].items()) ?? [] {
      try require(
        kept.contains(item.pointer) || judged.contains(item.pointer), "an item was passed over: \(item.pointer)")
    }
  }
  try checkKept(kept, push)
}

/// Of the sessions and days that are the pusher's own: one is kept for each key.
private func checkKept(_ kept: [JSONPointer], _ push: JSONNode) throws {
  let sessions = (try? push["sessions"].items()) ?? []
  let days = (try? push["days"].items()) ?? []
  guard (sessions + days).allSatisfy({ !$0["device"].exists && !$0["localDate"].exists }) else { return }
  let ids = Set(sessions.compactMap { try? Array(Session($0).id.utf8) })
  let dates = Set(days.compactMap { try? DayTotal($0).date })
  let places = Set((sessions + days).map(\.pointer))
  try require(
    kept.count { places.contains($0) } == ids.count + dates.count,
    "an item that is good alone is not kept, or a bad one is")
}
