import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// What `make bundle` made.
enum Bundle {
  /// Making it is a second, static build of several minutes, so `make test` does without: `make conformance` sets this.
  static let isThere = ProcessInfo.processInfo.environment["BREATH_TEST_BUNDLE"]?.isEmpty == false
  static let hint: Comment = "needs BREATH_TEST_BUNDLE, the folder of the zips: run make conformance"
}

extension FunctionName {
  var zip: Data {
    get throws {
      try Data(contentsOf: URL(filePath: TestEnvironment.value("BREATH_TEST_BUNDLE") + "/\(rawValue).zip"))
    }
  }

  /// A request that gets as far as the configuration.
  var call: Call {
    switch self {
    case .sync: Call("GET", "/export")
    case .stats: Call("GET", "/summary")
    case .auth: Call("GET", "/jwks.json")
    case .admin, .worker: Call("GET", "/readyz")
    }
  }

  /// As project.yml gives it, with `place` instead of the database's host.
  func environment(_ place: DatabasePlace = .socket) throws -> [String: String] {
    let given: [Variable] = [.databaseURL, .databasePooler, .jwks, .signingKey, .refreshKey, .dataKey]
    var environment = ["BREATH_RATE_LIMIT_FACTOR": "100000"]
    for variable in given where variables.contains(variable) {
      environment[variable.rawValue] = try TestEnvironment.value(operatorName(of: variable))
    }
    environment["DATABASE_URL"]? += place.suffix
    if place == .tls {
      environment["DATABASE_CA_CERT"] = try String(
        contentsOfFile: TestEnvironment.value("BREATH_TEST_TLS_CA"), encoding: .utf8)
    }
    return environment
  }
}

/// How the database is reached; by password (SCRAM) always.
enum DatabasePlace: String, CaseIterable, Sendable {
  case socket, tcp, tls

  /// The later of two hosts in a URL counts. Given a certificate of its authority, the server must prove that it is
  /// that host (verify-full).
  var suffix: String {
    switch self {
    case .socket: ""
    case .tcp: "&host=127.0.0.1"
    case .tls: "&host=localhost"
    }
  }
}

/// One function in one place; what most tests are about. Of a function that is not on the web only that it answers is looked
/// at, and how.
struct Subject: Sendable, CustomTestStringConvertible {
  let function: FunctionName
  let place: Place

  static let all = ([Place.here] + [Place.old].compactMap { $0 }).flatMap { place in
    FunctionName.allCases.map { Subject(function: $0, place: place) }
  }

  var testDescription: String { function.rawValue + (place == .here ? "" : " in the old root") }

  /// A proxy that has started the function, in an environment that has nothing but what is given.
  func started(_ environment: [String: String] = [:], container: [String: String] = [:]) throws -> PlatformProxy {
    let proxy = try PlatformProxy(place)
    #expect(try proxy.initialise(function.zip, environment: environment, container: container) == .initialised)
    return proxy
  }
}

extension PlatformProxy {
  /// The process behind it, which is there.
  var process: Child { get throws { try #require(child) } }

  /// Answers `call`, which takes a whole and right answer.
  func answer(_ call: Call) throws -> Answer {
    let response = try #require(try run(call.line), "no answer")
    try #require(response.status == 200, "\(response)")
    return try Answer(response.body)
  }
}
