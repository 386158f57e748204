using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.SqlServer
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
                type: "nvarchar(max)",
                nullable: true,
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "DataChangedAt",
                table: "Sources",
                type: "datetimeoffset",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "MaxAgeHours",
                table: "Sources",
                type: "int",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "StopsWhenOld",
                table: "Sources",
                type: "bit",
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
