using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class ExcludedSegments : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "ExportExcludedSegments",
                columns: table => new
                {
                    ExportId = table.Column<int>(type: "integer", nullable: false),
                    SegmentId = table.Column<int>(type: "integer", nullable: false)
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
                name: "SegmentCounts",
                columns: table => new
                {
                    SegmentId = table.Column<int>(type: "integer", nullable: false),
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    Members = table.Column<long>(type: "bigint", nullable: false)
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
                name: "SegmentCounts");
        }
    }
}
