using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class CustomerDatabases : Migration
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
                name: "ColumnsCheckedAt",
                table: "Sources",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ColumnsFault",
                table: "Sources",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "DataChangedAt",
                table: "Sources",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Drift",
                table: "Sources",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "MaxAgeHours",
                table: "Sources",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PasswordFrom",
                table: "Sources",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Remote",
                table: "Sources",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RemoteLoad",
                table: "Sources",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "StopsWhenOld",
                table: "Sources",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Reading",
                table: "Segments",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ChangedAtColumn",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "ColumnsCheckedAt",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "ColumnsFault",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "DataChangedAt",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "Drift",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "MaxAgeHours",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "PasswordFrom",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "Remote",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "RemoteLoad",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "StopsWhenOld",
                table: "Sources");

            migrationBuilder.DropColumn(
                name: "Reading",
                table: "Segments");

            KeyColumnsContent.Undo(migrationBuilder);

            migrationBuilder.RenameColumn(
                name: "KeyColumns",
                table: "Sources",
                newName: "KeyColumn");
        }
    }
}
