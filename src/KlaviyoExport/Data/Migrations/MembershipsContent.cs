using Microsoft.EntityFrameworkCore.Migrations;

namespace KlaviyoExport.Data.Migrations;

/// <summary>Copies the people of the table that the migration Memberships replaces. When they joined their lists was not stored.</summary>
internal static class MembershipsContent
{
    public static void Fill(MigrationBuilder migration) =>
        migration.Sql(
            """
            INSERT INTO "Memberships" ("ExportId", "EmailHash", "State", "Fingerprint", "Email", "LeavingRunId")
            SELECT "ExportId", "EmailHash", 0, "Fingerprint", "Email", "LeavingRunId" FROM "Delivered";
            """
        );
}
