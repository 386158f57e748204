using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class LookAhead : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "Ledger_NotInKlaviyo",
                table: "Runs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "Ledger_NotSubscribed",
                table: "Runs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "Ledger_Suppressed",
                table: "Runs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<bool>(
                name: "Audience_LeaveOutSuppressed",
                table: "Exports",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "Audience_OnlySubscribed",
                table: "Exports",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "Audience_UpdateOnly",
                table: "Exports",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "MaxProfilesPerExport",
                table: "Connections",
                type: "int",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
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
        }
    }
}
