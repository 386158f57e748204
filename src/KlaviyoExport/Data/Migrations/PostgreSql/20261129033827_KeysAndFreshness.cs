using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.PostgreSql
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
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "DataChangedAt",
                table: "Sources",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "MaxAgeHours",
                table: "Sources",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "StopsWhenOld",
                table: "Sources",
                type: "boolean",
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
