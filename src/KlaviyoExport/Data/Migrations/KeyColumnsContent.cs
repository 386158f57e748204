using Microsoft.EntityFrameworkCore.Migrations;

namespace KlaviyoExport.Data.Migrations;

/// <summary>Turns the key column of each source into a JSON list with this column, for the migration CustomerDatabases.</summary>
internal static class KeyColumnsContent
{
    public static void Fill(MigrationBuilder migration)
    {
        var list = ProviderOf(migration) switch
        {
            "SqlServer" => """ '["' + STRING_ESCAPE("KeyColumns", 'json') + '"]' """,
            "PostgreSQL" => """ CAST(json_build_array("KeyColumns") AS text) """,
            _ => """ json_array("KeyColumns") """,
        };
        migration.Sql($"UPDATE \"Sources\" SET \"KeyColumns\" = {list.Trim()};");
    }

    /// <summary>Keeps the first column only.</summary>
    public static void Undo(MigrationBuilder migration)
    {
        var first = ProviderOf(migration) switch
        {
            "SqlServer" => """ JSON_VALUE("KeyColumns", '$[0]') """,
            "PostgreSQL" => """ CAST("KeyColumns" AS json) ->> 0 """,
            _ => """ json_extract("KeyColumns", '$[0]') """,
        };
        migration.Sql($"UPDATE \"Sources\" SET \"KeyColumns\" = {first.Trim()};");
    }

    private static string ProviderOf(MigrationBuilder migration) => (migration.ActiveProvider ?? "").Split('.')[^1];
}
