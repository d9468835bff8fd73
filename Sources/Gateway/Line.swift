/// Those who wait, by caller: whoever's turn it is gives one, then goes to the end.
package struct Line<Caller: Hashable, Waiter> {
  private var waiters: [Caller: [Waiter]] = [:]
  private var turns: [Caller] = []
  package private(set) var count = 0

  package init() {}

  package func count(of caller: Caller) -> Int { waiters[caller]?.count ?? 0 }

  package mutating func append(_ waiter: Waiter, of caller: Caller) {
    if waiters[caller] == nil { turns.append(caller) }
    waiters[caller, default: []].append(waiter)
    count += 1
  }

  /// The first waiter of the first caller who may be served.
  package mutating func next(where mayBeServed: (Caller) -> Bool) -> (caller: Caller, waiter: Waiter)? {
    guard let place = turns.firstIndex(where: mayBeServed) else { return nil }
    let caller = turns.remove(at: place)
    guard var own = waiters.removeValue(forKey: caller), !own.isEmpty else { return nil }
    let waiter = own.removeFirst()
    count -= 1
    if !own.isEmpty {
      waiters[caller] = own
      turns.append(caller)
    }
    return (caller, waiter)
  }

  package mutating func remove(of caller: Caller, where isIt: (Waiter) -> Bool) -> Waiter? {
    guard let index = waiters[caller]?.firstIndex(where: isIt), let waiter = waiters[caller]?.remove(at: index) else {
      return nil
    }
    count -= 1
    if waiters[caller]?.isEmpty == true {
      waiters[caller] = nil
      turns.removeAll { $0 == caller }
    }
    return waiter
  }

  package mutating func removeAll() -> [Waiter] {
    defer { self = Line() }
    return waiters.values.flatMap { $0 }
  }
}
