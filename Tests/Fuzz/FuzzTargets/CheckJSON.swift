import Foundation
import StrictJSON

/// What we read, another reader reads the same way, and we write so that it is read again.
func checkJSON(_ input: [UInt8]) throws {
  for limits in [JSONLimits.request, .importFile, .trusted] {
    guard let tree = try? JSON(parsing: input, limits: limits) else { continue }
    guard !tree.isDamaged else {
      try checkMending(tree, limits)
      continue
    }
    try checkWriting(tree, limits)
    // Foundation drops a byte-order mark also where it begins a text inside of the document, and is no judge there.
    guard !tree.text.unicodeScalars.contains("\u{FEFF}") else { continue }
    let witness: Any
    do { witness = try JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed) } catch {
      throw Violation("another reader refuses what we accept")
    }
    try require(agrees(witness, with: tree), "another reader reads another tree")
  }
}

/// What was no text is written as one, unless two keys are the same by now; and as it was sent, when it is asked for.
private func checkMending(_ tree: JSON, _ limits: JSONLimits) throws(Violation) {
  if tree.isKeepable {
    let mended: JSON
    do { mended = try JSON(parsing: tree.encoded, limits: limits) } catch  where error.isLimit { return } catch {
      throw Violation("what we mend we do not read: \(error.code)")
    }
    try require(!mended.isDamaged, "what we mend is still no text")
  }
  guard let again = try? JSON(parsing: tree.asSent.encoded, limits: limits) else { return }
  try require(again.isDamaged || !tree.isKeepable, "what was no text is sent on as one")
}

private func checkWriting(_ tree: JSON, _ limits: JSONLimits) throws(Violation) {
  let written = tree.encoded
  try require(!written.contains { $0 < 0x20 }, "written JSON has a control character")
  let again: JSON
  do { again = try JSON(parsing: written, limits: limits) } catch {
    throw Violation("what we write we do not read: \(error.code)")
  }
  try require(again == tree, "what we write is read as another tree")
  try require(again.encoded == written, "the second writing differs from the first")
}

/// Whether Foundation, which reads by other code than ours, saw the same.
private func agrees(_ witness: Any, with tree: JSON) -> Bool {
  switch tree {
  case .null: witness is NSNull
  case .bool(let flag): witness as? Bool == flag
  case .integer(let number): (witness as? NSNumber)?.int64Value == number
  case .double(let number): isNear(witness, number)
  case .damaged: false
  case .string(let text): (witness as? String)?.utf8.elementsEqual(text.utf8) ?? false
  case .array(let items): agrees(witness as? [Any], with: items)
  case .object(let object): agrees(witness as? [String: Any], with: object)
  case .raw: false
  }
}

/// To the last digit but one: Foundation reads some numbers as decimals of at most 38 digits.
private func isNear(_ witness: Any, _ number: Double) -> Bool {
  guard let read = (witness as? NSNumber).flatMap({ Double($0.stringValue) }) else { return false }
  return read == number || abs(read - number) <= 1e-15 * abs(number)
}

private func agrees(_ witness: [Any]?, with items: [JSON]) -> Bool {
  guard let witness, witness.count == items.count else { return false }
  return zip(witness, items).allSatisfy { agrees($0, with: $1) }
}

private func agrees(_ witness: [String: Any]?, with object: JSONObject) -> Bool {
  guard let witness, witness.count == object.count else { return false }
  return object.members.allSatisfy { member in witness[member.key].map { agrees($0, with: member.value) } ?? false }
}
