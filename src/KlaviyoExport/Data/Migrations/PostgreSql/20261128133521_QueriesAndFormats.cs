using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class QueriesAndFormats : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Formats",
                table: "Sources",
                type: "text",
                nullable: false,
                defaultValueSql: "'[]'");

            migrationBuilder.AddColumn<string>(
                name: "Query",
                table: "Sources",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "AcceptsRemovals",
                table: "ListChecks",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "Withheld",
                table: "ListChecks",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Formats",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "Query",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "AcceptsRemovals",
                table: "ListChecks");

            migrationBuilder.DropColumn(
                name: "Withheld",
                table: "ListChecks");
        }
    }
}
