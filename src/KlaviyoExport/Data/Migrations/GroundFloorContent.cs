using Microsoft.EntityFrameworkCore.Migrations;

namespace KlaviyoExport.Data.Migrations;

/// <summary>Fills the columns of the migration GroundFloor with what was told by message codes, JSON and English text before.</summary>
internal static class GroundFloorContent
{
    // The first that fits counts. "_" stands for the bracket a message begins with, which is special to SQL Server.
    private static readonly (string Begins, string Kind)[] Outcomes =
    [
        ("Delivery.Successful", "Delivered"), ("Delivery.WithRefusals", "Refusals"), ("Delivery.WithUnconfirmed", "Unconfirmed"),
        ("Delivery.CountsDiffer", "CountsDiffer"), ("Delivery.NoMembers", "NoMembers"), ("Delivery.NobodyToRetry", "NobodyToResend"),
        ("Delivery.NobodyDeliverable", "NobodyDeliverable"), ("Delivery.WouldRemove", "NeedsApproval"), ("Delivery.WouldDeliver", "NeedsApproval"),
        ("Delivery.RejectedByPerson", "NotApproved"), ("Delivery.ApprovalLapsed", "NotApproved"), ("Delivery.Canceled", "Canceled"),
        ("Scheduling.SkippedForSource", "SkippedUpstream"), ("Scheduling.SkippedForSegments", "SkippedUpstream"), ("Scheduling.", "Skipped"),
        ("Delivery.OverCap", "OverCap"), ("Delivery.WouldEmptyList", "WouldEmptyList"), ("Delivery.NoConnection", "NoConnection"),
        ("Delivery.AccountChanged", "AccountChanged"), ("Delivery.ExportUser", "ExportUser"), ("Delivery.KeysLost", "Credentials"),
        ("Klaviyo.KeyRefused", "Credentials"), ("Klaviyo.ScopeMissing", "Credentials"), ("Connections.", "Credentials"),
        ("Klaviyo.ListNotFound", "ListMissing"), ("Klaviyo.RevisionRetired", "RevisionRetired"), ("Klaviyo.Outage", "Outage"),
        ("Klaviyo.", "Refused"), ("Delivery.BatchRefused", "Refused"), ("Sources.", "Source"), ("Segments.", "Segment"),
        ("Delivery.StoreFault", "Store"), ("Delivery.DiskFault", "Disk"), ("Delivery.RetriesSpent", "RetriesSpent"),
        ("Delivery.LedgerDoesNotAddUp", "LedgerWrong"), ("Delivery.Bug", "Bug"),
    ];

    public static void Fill(MigrationBuilder migration)
    {
        var provider = migration.ActiveProvider ?? "";
        var dialect = provider.EndsWith("SqlServer", StringComparison.Ordinal) ? SqlServer
            : provider.EndsWith("PostgreSQL", StringComparison.Ordinal) ? PostgreSql : Sqlite;
        var cases = Outcomes.Select(outcome => $"WHEN \"Outcome\" LIKE '_\"{outcome.Begins}%' THEN '{outcome.Kind}'");
        migration.Sql($"UPDATE \"Runs\" SET \"OutcomeKind\" = CASE {string.Join(' ', cases)} END WHERE \"Outcome\" IS NOT NULL;");
        migration.Sql($"UPDATE \"Batches\" SET \"SetAside\" = COALESCE(({dialect.SetAside}), 0);");
        migration.Sql(
            $"UPDATE \"Exports\" SET \"FollowsRefresh\" = {dialect.True} WHERE \"Schedule\" LIKE '%\"IsOn\":true%' AND \"Schedule\" LIKE '%\"Own\":null%';");
        migration.Sql($"UPDATE \"Connections\" SET \"LacksExportUser\" = {dialect.True} WHERE \"LastError\" LIKE '_\"Delivery.ExportUser%';");
        migration.Sql(
            $"""
            UPDATE "AuditEntries" SET "Detail" = '["People.Role.' {dialect.Join} "Detail" {dialect.Join} '"]'
            WHERE "Action" LIKE 'People.%' AND "Detail" IN ('Viewer', 'Operator', 'Contributor', 'Administrator');
            """);
        migration.Sql(
            $"UPDATE \"AuditEntries\" SET \"Detail\" = 'text:' {dialect.Join} \"Detail\" WHERE \"Detail\" IS NOT NULL AND \"Detail\" NOT LIKE '_\"People.Role.%';");
    }

    private static Dialect Sqlite { get; } = new("1", "||", "json_extract(\"What\", '$[1]')", "json_extract(\"What\", '$[2]')");

    private static Dialect PostgreSql { get; } = new("TRUE", "||", "(\"What\"::json ->> 1)::int", "(\"What\"::json ->> 2)::int");

    private static Dialect SqlServer { get; } = new("1", "+", "CAST(JSON_VALUE(\"What\", '$[1]') AS int)", "CAST(JSON_VALUE(\"What\", '$[2]') AS int)");

    /// <param name="Join">Of texts.</param>
    /// <param name="First">The first argument of a run's event, a number.</param>
    /// <param name="Second">The second.</param>
    private sealed record Dialect(string True, string Join, string First, string Second)
    {
        /// <summary>How many of a batch were set aside, by the run's timeline.</summary>
        public string SetAside => $"""
            SELECT SUM({First}) FROM "RunEvents"
            WHERE "RunEvents"."RunId" = "Batches"."RunId" AND "What" LIKE '_"Delivery.SetAside"%' AND {Second} = "Batches"."Number"
            """;
    }
}
