using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class Memberships : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "Ledger_AlreadyOff",
                table: "Runs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "Ledger_KeptForOthers",
                table: "Runs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "Ledger_KeptFromBefore",
                table: "Runs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "Ledger_PutBack",
                table: "Runs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "Ledger_Respected",
                table: "Runs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "Ledger_Returning",
                table: "Runs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<bool>(
                name: "SendsEverything",
                table: "Runs",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "UndoesRunId",
                table: "Runs",
                type: "int",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "IsScheduled",
                table: "ListChecks",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "OfOthers",
                table: "ListChecks",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "RemovedByHand",
                table: "ListChecks",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "ListRules",
                table: "Exports",
                type: "nvarchar(max)",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "WindowFrom",
                table: "Batches",
                type: "datetimeoffset",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "WindowUntil",
                table: "Batches",
                type: "datetimeoffset",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "Memberships",
                columns: table => new
                {
                    ExportId = table.Column<int>(type: "int", nullable: false),
                    EmailHash = table.Column<byte[]>(type: "varbinary(16)", maxLength: 16, nullable: false),
                    State = table.Column<byte>(type: "tinyint", nullable: false),
                    Fingerprint = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    Email = table.Column<byte[]>(type: "varbinary(max)", nullable: true),
                    LeavingRunId = table.Column<int>(type: "int", nullable: true),
                    ReleasedRunId = table.Column<int>(type: "int", nullable: true),
                    FirstFrom = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    FirstUntil = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    LastFrom = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    LastUntil = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Memberships", x => new { x.ExportId, x.EmailHash });
                });

            migrationBuilder.CreateTable(
                name: "RemovedMembers",
                columns: table => new
                {
                    RunId = table.Column<int>(type: "int", nullable: false),
                    EmailHash = table.Column<byte[]>(type: "varbinary(16)", maxLength: 16, nullable: false),
                    Email = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    KlaviyoId = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false, collation: "Latin1_General_100_BIN2"),
                    IsPlanned = table.Column<bool>(type: "bit", nullable: false),
                    IsReturning = table.Column<bool>(type: "bit", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RemovedMembers", x => new { x.RunId, x.EmailHash });
                    table.ForeignKey(
                        name: "FK_RemovedMembers_Runs_RunId",
                        column: x => x.RunId,
                        principalTable: "Runs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Memberships_LeavingRunId",
                table: "Memberships",
                column: "LeavingRunId",
                filter: "\"LeavingRunId\" IS NOT NULL");

            MembershipsContent.Fill(migrationBuilder);

            migrationBuilder.DropTable(
                name: "Delivered");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Memberships");

            migrationBuilder.DropTable(
                name: "RemovedMembers");

            migrationBuilder.DropColumn(
                name: "Ledger_AlreadyOff",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Ledger_KeptForOthers",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Ledger_KeptFromBefore",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Ledger_PutBack",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Ledger_Respected",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Ledger_Returning",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "SendsEverything",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "UndoesRunId",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "IsScheduled",
                table: "ListChecks");

            migrationBuilder.DropColumn(
                name: "OfOthers",
                table: "ListChecks");

            migrationBuilder.DropColumn(
                name: "RemovedByHand",
                table: "ListChecks");

            migrationBuilder.DropColumn(
                name: "ListRules",
                table: "Exports");

            migrationBuilder.DropColumn(
                name: "WindowFrom",
                table: "Batches");

            migrationBuilder.DropColumn(
                name: "WindowUntil",
                table: "Batches");

            migrationBuilder.CreateTable(
                name: "Delivered",
                columns: table => new
                {
                    ExportId = table.Column<int>(type: "int", nullable: false),
                    EmailHash = table.Column<byte[]>(type: "varbinary(16)", maxLength: 16, nullable: false),
                    Email = table.Column<byte[]>(type: "varbinary(max)", nullable: true),
                    Fingerprint = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    LeavingRunId = table.Column<int>(type: "int", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Delivered", x => new { x.ExportId, x.EmailHash });
                    table.ForeignKey(
                        name: "FK_Delivered_Exports_ExportId",
                        column: x => x.ExportId,
                        principalTable: "Exports",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Delivered_LeavingRunId",
                table: "Delivered",
                column: "LeavingRunId");
        }
    }
}
