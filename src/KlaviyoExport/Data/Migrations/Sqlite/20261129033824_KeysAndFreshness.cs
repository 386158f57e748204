using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class KeysAndFreshness : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "KeyColumn",
                table: "Sources",
                newName: "KeyColumns");

            KeyColumnsContent.Fill(migrationBuilder);

            migrationBuilder.AddColumn<string>(
                name: "ChangedAtColumn",
                table: "Sources",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "DataChangedAt",
                table: "Sources",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "MaxAgeHours",
                table: "Sources",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "StopsWhenOld",
                table: "Sources",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ChangedAtColumn",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "DataChangedAt",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "MaxAgeHours",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "StopsWhenOld",
                table: "Sources");

            KeyColumnsContent.Undo(migrationBuilder);

            migrationBuilder.RenameColumn(
                name: "KeyColumns",
                table: "Sources",
                newName: "KeyColumn");
        }
    }
}
