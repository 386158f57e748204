using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.Sqlite
{
    /// <summary>
    /// Stores the memberships in the order of their key, instead of in the order in which they were written and with an index of their keys.
    /// Runs read and write them in the order of their key, and find several of them on each page then.
    /// </summary>
    public partial class MembershipsByKey : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => Rebuild(migrationBuilder, "WITHOUT ROWID");

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => Rebuild(migrationBuilder, "");

        // EF Core cannot express it.
        private static void Rebuild(MigrationBuilder migrationBuilder, string options) =>
            migrationBuilder.Sql(
                $"""
                CREATE TABLE "MembershipsRebuilt" (
                    "ExportId" INTEGER NOT NULL,
                    "EmailHash" BLOB NOT NULL,
                    "State" INTEGER NOT NULL,
                    "Fingerprint" BLOB NOT NULL,
                    "Email" BLOB NULL,
                    "LeavingRunId" INTEGER NULL,
                    "ReleasedRunId" INTEGER NULL,
                    "FirstFrom" INTEGER NULL,
                    "FirstUntil" INTEGER NULL,
                    "LastFrom" INTEGER NULL,
                    "LastUntil" INTEGER NULL,
                    CONSTRAINT "PK_Memberships" PRIMARY KEY ("ExportId", "EmailHash")
                ) {options};
                INSERT INTO "MembershipsRebuilt"
                SELECT "ExportId", "EmailHash", "State", "Fingerprint", "Email", "LeavingRunId", "ReleasedRunId",
                       "FirstFrom", "FirstUntil", "LastFrom", "LastUntil"
                FROM "Memberships" ORDER BY "ExportId", "EmailHash";
                DROP TABLE "Memberships";
                ALTER TABLE "MembershipsRebuilt" RENAME TO "Memberships";
                CREATE INDEX "IX_Memberships_LeavingRunId" ON "Memberships" ("LeavingRunId") WHERE "LeavingRunId" IS NOT NULL;
                """
            );
    }
}
