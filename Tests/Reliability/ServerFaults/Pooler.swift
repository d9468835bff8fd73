import Foundation
import TestSupport

/// A PgBouncer in transaction mode in front of a cluster, as scripts/pgbouncer.sh makes it.
package final class Pooler {
  package static let isPossible = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"]
    .contains { FileManager.default.isExecutableFile(atPath: $0) }

  private let cluster: Cluster
  private let place: String

  /// - Parameter settings: of pgbouncer.ini, as `query_wait_timeout=1`.
  package init(_ cluster: Cluster, _ settings: String...) throws {
    self.cluster = cluster
    let output = try Command.run(
      "scripts/pgbouncer.sh", ["start", cluster.folder, cluster.superuser()] + settings)
    place = Command.assignments(output)["BREATH_POOLER_PLACE"] ?? ""
  }

  deinit { _ = try? Command.run("scripts/pgbouncer.sh", ["stop", cluster.folder]) }

  package func url(of function: String) -> String { cluster.url(of: function, place: place) }

  package func environment(of function: String) throws -> [String: String] {
    try cluster.environment(of: function).merging(["DATABASE_URL": url(of: function), "DATABASE_POOLER": "transaction"])
    {
      $1
    }
  }
}
