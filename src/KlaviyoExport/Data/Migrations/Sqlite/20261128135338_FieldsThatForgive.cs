using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class FieldsThatForgive : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Dialect",
                table: "Sources",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Formats",
                table: "Sources",
                type: "TEXT",
                nullable: false,
                defaultValueSql: "'[]'");

            migrationBuilder.AddColumn<string>(
                name: "Query",
                table: "Sources",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Repairs",
                table: "Sources",
                type: "TEXT",
                nullable: false,
                defaultValueSql: "'[]'");

            migrationBuilder.AddColumn<long>(
                name: "Ledger_NotInKlaviyo",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "Ledger_NotSubscribed",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "Ledger_Suppressed",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<bool>(
                name: "AcceptsRemovals",
                table: "ListChecks",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "Withheld",
                table: "ListChecks",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<bool>(
                name: "Audience_LeaveOutSuppressed",
                table: "Exports",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "Audience_OnlySubscribed",
                table: "Exports",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "Audience_UpdateOnly",
                table: "Exports",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "MaxProfilesPerExport",
                table: "Connections",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Resent",
                table: "Batches",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "Round",
                table: "Batches",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "ExportExcludedSegments",
                columns: table => new
                {
                    ExportId = table.Column<int>(type: "INTEGER", nullable: false),
                    SegmentId = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ExportExcludedSegments", x => new { x.ExportId, x.SegmentId });
                    table.ForeignKey(
                        name: "FK_ExportExcludedSegments_Exports_ExportId",
                        column: x => x.ExportId,
                        principalTable: "Exports",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_ExportExcludedSegments_Segments_SegmentId",
                        column: x => x.SegmentId,
                        principalTable: "Segments",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "FieldOutcomes",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    RunId = table.Column<int>(type: "INTEGER", nullable: false),
                    Attribute = table.Column<string>(type: "TEXT", maxLength: 270, nullable: false),
                    Effect = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Count = table.Column<long>(type: "INTEGER", nullable: false),
                    Examples = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_FieldOutcomes", x => x.Id);
                    table.ForeignKey(
                        name: "FK_FieldOutcomes_Runs_RunId",
                        column: x => x.RunId,
                        principalTable: "Runs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "SegmentCounts",
                columns: table => new
                {
                    SegmentId = table.Column<int>(type: "INTEGER", nullable: false),
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    Members = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SegmentCounts", x => new { x.SegmentId, x.Day });
                    table.ForeignKey(
                        name: "FK_SegmentCounts_Segments_SegmentId",
                        column: x => x.SegmentId,
                        principalTable: "Segments",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_ExportExcludedSegments_SegmentId",
                table: "ExportExcludedSegments",
                column: "SegmentId");

            migrationBuilder.CreateIndex(
                name: "IX_FieldOutcomes_RunId",
                table: "FieldOutcomes",
                column: "RunId");

            migrationBuilder.CreateIndex(
                name: "IX_SegmentCounts_Day",
                table: "SegmentCounts",
                column: "Day");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ExportExcludedSegments");

            migrationBuilder.DropTable(
                name: "FieldOutcomes");

            migrationBuilder.DropTable(
                name: "SegmentCounts");

            migrationBuilder.DropColumn(
                name: "Dialect",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "Formats",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "Query",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "Repairs",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "Ledger_NotInKlaviyo",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Ledger_NotSubscribed",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Ledger_Suppressed",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "AcceptsRemovals",
                table: "ListChecks");

            migrationBuilder.DropColumn(
                name: "Withheld",
                table: "ListChecks");

            migrationBuilder.DropColumn(
                name: "Audience_LeaveOutSuppressed",
                table: "Exports");

            migrationBuilder.DropColumn(
                name: "Audience_OnlySubscribed",
                table: "Exports");

            migrationBuilder.DropColumn(
                name: "Audience_UpdateOnly",
                table: "Exports");

            migrationBuilder.DropColumn(
                name: "MaxProfilesPerExport",
                table: "Connections");

            migrationBuilder.DropColumn(
                name: "Resent",
                table: "Batches");

            migrationBuilder.DropColumn(
                name: "Round",
                table: "Batches");
        }
    }
}
