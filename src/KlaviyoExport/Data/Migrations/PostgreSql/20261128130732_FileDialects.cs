using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class FileDialects : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Dialect",
                table: "Sources",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Repairs",
                table: "Sources",
                type: "text",
                nullable: false,
                defaultValueSql: "'[]'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Dialect",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "Repairs",
                table: "Sources");
        }
    }
}
