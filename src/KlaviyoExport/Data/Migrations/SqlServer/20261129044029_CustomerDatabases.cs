using System;
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
                name: "ColumnsCheckedAt",
                table: "Sources",
                type: "datetimeoffset",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ColumnsFault",
                table: "Sources",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "DataChangedAt",
                table: "Sources",
                type: "datetimeoffset",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Drift",
                table: "Sources",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "MaxAgeHours",
                table: "Sources",
                type: "int",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PasswordFrom",
                table: "Sources",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Remote",
                table: "Sources",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RemoteLoad",
                table: "Sources",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "StopsWhenOld",
                table: "Sources",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Reading",
                table: "Segments",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "KeyVaultSecret",
                table: "Connections",
                type: "nvarchar(max)",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "nvarchar(127)",
                oldMaxLength: 127,
                oldNullable: true,
                oldCollation: "Latin1_General_100_BIN2");

            migrationBuilder.AlterColumn<string>(
                name: "KeyVaultSecret",
                table: "ConnectionDrafts",
                type: "nvarchar(max)",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "nvarchar(max)",
                oldNullable: true,
                oldCollation: "Latin1_General_100_BIN2");
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

            migrationBuilder.AlterColumn<string>(
                name: "KeyVaultSecret",
                table: "Connections",
                type: "nvarchar(127)",
                maxLength: 127,
                nullable: true,
                collation: "Latin1_General_100_BIN2",
                oldClrType: typeof(string),
                oldType: "nvarchar(max)",
                oldNullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "KeyVaultSecret",
                table: "ConnectionDrafts",
                type: "nvarchar(max)",
                nullable: true,
                collation: "Latin1_General_100_BIN2",
                oldClrType: typeof(string),
                oldType: "nvarchar(max)",
                oldNullable: true);
        }
    }
}
