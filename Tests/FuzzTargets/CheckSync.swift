import Backend
import BreathDomain
import StrictJSON

/// A body that is read has each session and each day once: on its way to the database, or with its verdict. An item that
/// is good alone is good among bad ones.
func checkSync(_ input: [UInt8]) throws {
  guard let tree = try? JSON(parsing: input, limits: .request) else { return }
  let body = JSONNode(tree)
  guard let (kept, judged) = try? UntrustedInput.sync(body) else { return }
  try require(Set(kept).isDisjoint(with: judged), "an item is kept and judged")
  try require(Set(kept).count == kept.count && Set(judged).count == judged.count, "an item is there twice")
  for pointer in judged { try require(value(at: pointer, in: tree) != nil, "a verdict on nothing: \(pointer)") }
  let push = body["push"]
  let sessions = (try? push["sessions"].items()) ?? []
  let days = (try? push["days"].items()) ?? []
  for item in sessions + days {
    try require(
      kept.contains(item.pointer) || judged.contains(item.pointer), "an item was passed over: \(item.pointer)")
  }
  try require(
    kept.count == Set(sessions.compactMap { try? Session($0).id }).count
      + Set(days.compactMap { try? DayTotal($0).date }).count,
    "an item that is good alone is not kept, or a bad one is")
}
