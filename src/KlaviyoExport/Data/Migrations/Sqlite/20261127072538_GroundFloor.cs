using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class GroundFloor : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "OutcomeKind",
                table: "Runs",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "FollowsRefresh",
                table: "Exports",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "LacksExportUser",
                table: "Connections",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "SetAside",
                table: "Batches",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            GroundFloorContent.Fill(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "OutcomeKind",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "FollowsRefresh",
                table: "Exports");

            migrationBuilder.DropColumn(
                name: "LacksExportUser",
                table: "Connections");

            migrationBuilder.DropColumn(
                name: "SetAside",
                table: "Batches");
        }
    }
}
