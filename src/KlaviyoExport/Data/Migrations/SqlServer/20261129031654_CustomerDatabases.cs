using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class CustomerDatabases : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Reading",
                table: "Segments",
                type: "nvarchar(max)",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Reading",
                table: "Segments");
        }
    }
}
