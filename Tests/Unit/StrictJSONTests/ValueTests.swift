import StrictJSON
import Testing

@Suite struct ValueTests {
  @Test func `numbers are equal by value, and large ones are not rounded first`() {
    #expect(JSON.integer(3) == .double(3))
    #expect(JSON.double(3) == .integer(3))
    #expect(JSON.double(0.5) != .integer(0))
    #expect(JSON.integer(9_007_199_254_740_992) != .integer(9_007_199_254_740_993))
    #expect(JSON.integer(9_007_199_254_740_993) != .double(9_007_199_254_740_992))
    #expect(JSON.double(1e300) != .integer(.max))
  }

  @Test func `objects are equal whatever the order of their members`() {
    #expect(["a": 1, "b": 2] as JSON == ["b": 2, "a": 1])
    #expect(["a": 1] as JSON != ["a": 1, "b": 2])
    #expect(["a": 1, "c": 2] as JSON != ["a": 1, "b": 2])
    #expect([1, 2] as JSON != [2, 1])
    #expect("1" as JSON != 1)
    #expect(JSON.raw("1") == .raw("1"))
    #expect(JSON.raw("1") != 1)
  }

  @Test func `texts and keys are the same only in the same code points`() {
    #expect(JSON.string("\u{E9}") != .string("e\u{301}"))
    let object: JSON = ["\u{212A}": 1]
    #expect(object["K"] == nil)
    #expect(object["\u{212A}"] == 1)
  }

  @Test func `a member that is null counts as absent, and a value that is no object has none`() {
    let json: JSON = ["a": nil, "b": 0]
    #expect(json["a"] == nil)
    #expect(json.object?["a"] == .null)
    #expect(json["b"] == 0)
    #expect((1 as JSON)["a"] == nil)
  }

  @Test func `members are set, replaced, and removed in place`() {
    var object = JSONObject([("a", 1), ("b", 2)])
    object["c"] = 3
    object["a"] = 4
    object["b"] = nil
    object["z"] = nil
    #expect(object.members.map(\.key) == ["a", "c"])
    #expect(JSON.object(object) == ["a": 4, "c": 3])
  }

  @Test func `a value is read as its own type only`() {
    let values: [JSON] = [.null, true, 1, 1.5, "a", [], [:], .raw("1")]
    #expect(values.map { $0.bool } == [nil, true, nil, nil, nil, nil, nil, nil])
    #expect(values.map { $0.string } == [nil, nil, nil, nil, "a", nil, nil, nil])
    #expect(values.map { $0.integer } == [nil, nil, 1, nil, nil, nil, nil, nil])
    #expect(values.map { $0.double } == [nil, nil, 1, 1.5, nil, nil, nil, nil])
    #expect(values.map { $0.array?.count } == [nil, nil, nil, nil, nil, 0, nil, nil])
    #expect(values.map { $0.object?.count } == [nil, nil, nil, nil, nil, nil, 0, nil])
    #expect(JSON.double(3).integer == 3)
    #expect(JSON.double(1e19).integer == nil)
  }

  @Test func `optionals become null`() {
    #expect(JSON(nil as String?) == .null && JSON("a" as String?) == "a")
    #expect(JSON(nil as Bool?) == .null && JSON(true as Bool?) == true)
    #expect(JSON(nil as Int64?) == .null && JSON(2 as Int64?) == 2)
    #expect(JSON(nil as Int?) == .null && JSON(3 as Int?) == 3 && JSON(4 as Int) == 4)
    #expect(JSON(nil as Double?) == .null && JSON(0.5 as Double?) == 0.5 && JSON(Double.nan as Double?) == .null)
  }
}
