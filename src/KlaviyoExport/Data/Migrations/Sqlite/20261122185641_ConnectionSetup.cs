using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KlaviyoExport.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ConnectionSetup : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<byte[]>(
                name: "ApiKey",
                table: "Connections",
                type: "BLOB",
                nullable: true,
                oldClrType: typeof(byte[]),
                oldType: "BLOB");

            migrationBuilder.AddColumn<long>(
                name: "ExportUserAt",
                table: "Connections",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ExportUserId",
                table: "Connections",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ExportUserName",
                table: "Connections",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Grant",
                table: "Connections",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "GrantedAt",
                table: "Connections",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "GrantedBy",
                table: "Connections",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "KeyVaultSecret",
                table: "Connections",
                type: "TEXT",
                maxLength: 127,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "RefreshingUntil",
                table: "Connections",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ConnectionDrafts",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    OwnerId = table.Column<string>(type: "TEXT", nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ChangedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Sharing = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    ChosenContributors = table.Column<string>(type: "TEXT", nullable: false),
                    ApiKey = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ApiKeyEnding = table.Column<string>(type: "TEXT", nullable: true),
                    KeyVaultSecret = table.Column<string>(type: "TEXT", nullable: true),
                    AgreedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Check = table.Column<string>(type: "TEXT", nullable: true),
                    Grant = table.Column<byte[]>(type: "BLOB", nullable: true),
                    AuthenticatedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ExportUserAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ConnectionDrafts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "KlaviyoSignIns",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    StateHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    DraftId = table.Column<int>(type: "INTEGER", nullable: true),
                    ConnectionId = table.Column<int>(type: "INTEGER", nullable: true),
                    Verifier = table.Column<byte[]>(type: "BLOB", nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Problem = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_KlaviyoSignIns", x => x.Id);
                    table.ForeignKey(
                        name: "FK_KlaviyoSignIns_ConnectionDrafts_DraftId",
                        column: x => x.DraftId,
                        principalTable: "ConnectionDrafts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_KlaviyoSignIns_Connections_ConnectionId",
                        column: x => x.ConnectionId,
                        principalTable: "Connections",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_ConnectionDrafts_OwnerId",
                table: "ConnectionDrafts",
                column: "OwnerId");

            migrationBuilder.CreateIndex(
                name: "IX_KlaviyoSignIns_ConnectionId",
                table: "KlaviyoSignIns",
                column: "ConnectionId");

            migrationBuilder.CreateIndex(
                name: "IX_KlaviyoSignIns_DraftId",
                table: "KlaviyoSignIns",
                column: "DraftId");

            migrationBuilder.CreateIndex(
                name: "IX_KlaviyoSignIns_StateHash",
                table: "KlaviyoSignIns",
                column: "StateHash",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "KlaviyoSignIns");

            migrationBuilder.DropTable(
                name: "ConnectionDrafts");

            migrationBuilder.DropColumn(
                name: "ExportUserAt",
                table: "Connections");

            migrationBuilder.DropColumn(
                name: "ExportUserId",
                table: "Connections");

            migrationBuilder.DropColumn(
                name: "ExportUserName",
                table: "Connections");

            migrationBuilder.DropColumn(
                name: "Grant",
                table: "Connections");

            migrationBuilder.DropColumn(
                name: "GrantedAt",
                table: "Connections");

            migrationBuilder.DropColumn(
                name: "GrantedBy",
                table: "Connections");

            migrationBuilder.DropColumn(
                name: "KeyVaultSecret",
                table: "Connections");

            migrationBuilder.DropColumn(
                name: "RefreshingUntil",
                table: "Connections");

            migrationBuilder.AlterColumn<byte[]>(
                name: "ApiKey",
                table: "Connections",
                type: "BLOB",
                nullable: false,
                defaultValue: new byte[0],
                oldClrType: typeof(byte[]),
                oldType: "BLOB",
                oldNullable: true);
        }
    }
}
