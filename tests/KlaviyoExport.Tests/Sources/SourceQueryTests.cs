using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

public sealed class SourceQueryTests
{
    public static TheoryData<SourceKind> Kinds =>
        [SourceKind.Sqlite, SourceKind.PostgreSql, SourceKind.SqlServer, SourceKind.MySql, SourceKind.PostgreSqlCompatible];

    [Theory]
    [InlineData("SELECT id FROM a", "SELECT id FROM a")]
    [InlineData("  select id from a ; ", "select id from a")]
    [InlineData("SELECT id FROM a;;\n-- the end", "SELECT id FROM a")]
    [InlineData("-- all of them\nSELECT id /* the ; key */ FROM a /* end */", "-- all of them\nSELECT id /* the ; key */ FROM a")]
    [InlineData("SELECT ';' AS a, 'it''s; (' AS b, \"c;)\" FROM t", "SELECT ';' AS a, 'it''s; (' AS b, \"c;)\" FROM t")]
    [InlineData("SELECT (1 + (2)) AS n", "SELECT (1 + (2)) AS n")]
    public void A_query_may_end_with_a_semicolon_and_have_comments(string entered, string query)
    {
        foreach (var kind in Kinds)
            Assert.Equal(query, SourceQuery.Of(entered, kind));
    }

    [Theory]
    [InlineData("", "QueryNeeded")]
    [InlineData(" ; -- nothing", "QueryNeeded")]
    [InlineData("DELETE FROM a", "QueryNotSelect")]
    [InlineData("COPY a TO '/tmp/x'", "QueryNotSelect")]
    [InlineData("/* SELECT */ UPDATE a SET b = 1", "QueryNotSelect")]
    [InlineData("SELECTED", "QueryNotSelect")]
    [InlineData("SELECT 1; DROP TABLE a", "QueryManyStatements")]
    [InlineData("SELECT 1 AS a) AS p; DROP TABLE b; --", "QueryManyStatements")]
    [InlineData("SELECT 1 AS a) AS p, (SELECT 2 AS b", "QueryIncomplete")]
    [InlineData("SELECT (1", "QueryIncomplete")]
    [InlineData("SELECT 'a", "QueryIncomplete")]
    [InlineData("SELECT \"a", "QueryIncomplete")]
    [InlineData("SELECT 1 /* a", "QueryIncomplete")]
    public void What_is_not_one_whole_select_is_refused_for_every_kind(string entered, string refusal)
    {
        foreach (var kind in Kinds)
            Assert.Equal((kind, refusal), (kind, Refusal(entered, kind)));
    }

    [Theory]
    [InlineData(SourceKind.PostgreSql, "SELECT $$;'$$ AS a, $x$ ; $$ $x$ AS b, E'\\';' AS c, a[1], b::text FROM t", null)]
    [InlineData(SourceKind.PostgreSql, "SELECT 1 /* a /* b */ ; */", null)]
    [InlineData(SourceKind.PostgreSql, "SELECT $$ a", "QueryIncomplete")]
    [InlineData(SourceKind.PostgreSql, "SELECT E'\\'", "QueryIncomplete")]
    [InlineData(SourceKind.PostgreSql, "SELECT '\\'; SELECT 1", "QueryManyStatements")]
    [InlineData(SourceKind.PostgreSql, "SELECT a[';'] FROM t", null)]
    [InlineData(SourceKind.PostgreSql, "SELECT * FROM t WHERE id = $1", "QueryParameter")]
    [InlineData(SourceKind.PostgreSqlCompatible, "SELECT $$;'$$ AS a, a::text FROM t", null)]
    [InlineData(SourceKind.PostgreSqlCompatible, "SELECT 'a\\b' AS a", null)]
    [InlineData(SourceKind.PostgreSqlCompatible, "SELECT '\\' AS a", "QueryIncomplete")]
    [InlineData(SourceKind.PostgreSqlCompatible, "SELECT 1 AS a INTO t", "QueryNotAllowed")]
    [InlineData(SourceKind.PostgreSqlCompatible, "WITH a AS (DELETE FROM t RETURNING id) SELECT id FROM a", "QueryNotAllowed")]
    [InlineData(SourceKind.PostgreSqlCompatible, "SELECT id FROM t FOR UPDATE", "QueryNotAllowed")]
    [InlineData(SourceKind.PostgreSqlCompatible, "SELECT \"update\", 'into' AS a FROM t", null)]
    [InlineData(SourceKind.MySql, "SELECT `a;``b`, 'it\\'s;', \"\\\";\" FROM t # ; the end", null)]
    [InlineData(SourceKind.MySql, "SELECT '\\' AS a", "QueryIncomplete")]
    [InlineData(SourceKind.MySql, "SELECT 5--1 AS six; DROP TABLE a", "QueryManyStatements")]
    [InlineData(SourceKind.MySql, "SELECT 1 -- ; DROP TABLE a", null)]
    [InlineData(SourceKind.MySql, "SELECT 1 /* a /* b */ ; SELECT 2", "QueryManyStatements")]
    [InlineData(SourceKind.MySql, "SELECT id /*! INTO OUTFILE 'x' */ FROM t", "QueryNotAllowed")]
    [InlineData(SourceKind.MySql, "SELECT id /*M!100100 , 2 */ FROM t", "QueryNotAllowed")]
    [InlineData(SourceKind.MySql, "SELECT id FROM t into\noutfile '/tmp/x'", "QueryNotAllowed")]
    [InlineData(SourceKind.MySql, "SELECT id FROM t FOR UPDATE", "QueryNotAllowed")]
    [InlineData(SourceKind.MySql, "SELECT id FROM t LOCK IN SHARE MODE", "QueryNotAllowed")]
    [InlineData(SourceKind.MySql, "SELECT @a", "QueryParameter")]
    [InlineData(SourceKind.MySql, "SELECT @`a`", "QueryParameter")]
    [InlineData(SourceKind.MySql, "SELECT ?", "QueryParameter")]
    [InlineData(SourceKind.MySql, "SELECT @@version AS v, '@a ?' AS b", null)]
    [InlineData(SourceKind.Sqlite, "SELECT [a;'b], `c;` FROM t", null)]
    [InlineData(SourceKind.Sqlite, "SELECT 1 /* a /* b */ ; SELECT 2", "QueryManyStatements")]
    [InlineData(SourceKind.Sqlite, "SELECT ?", "QueryParameter")]
    [InlineData(SourceKind.Sqlite, "SELECT :a", "QueryParameter")]
    [InlineData(SourceKind.Sqlite, "WITH a AS (SELECT 1 AS n) SELECT n FROM a", null)]
    [InlineData(SourceKind.SqlServer, "SELECT [a];;", null)]
    [InlineData(SourceKind.SqlServer, "SELECT [a]];b] FROM t", null)]
    [InlineData(SourceKind.SqlServer, "SELECT @v0", "QueryParameter")]
    [InlineData(SourceKind.SqlServer, "SELECT @@VERSION AS v", null)]
    [InlineData(SourceKind.SqlServer, "WITH a AS (SELECT 1 AS n) SELECT n FROM a", "QueryStartsWith")]
    public void Literals_comments_and_parameters_are_those_of_the_database(SourceKind kind, string entered, string? refusal) =>
        Assert.Equal(refusal, Refusal(entered, kind));

    [Fact]
    public void A_query_that_is_too_long_is_refused() =>
        Assert.Equal("QueryTooLong", Refusal($"SELECT '{new string('x', SourceQuery.Longest)}' AS a", SourceKind.Sqlite));

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(7, 1, 8)]
    [InlineData(9, 2, 1)]
    [InlineData(11, 2, 3)]
    public void The_position_of_an_error_is_told_as_line_and_character(int offset, int line, int character) =>
        Assert.Equal(
            new LocalizedMessage("Sources.QueryWrongAt", "no", line, character).ToString(),
            SourceQuery.Wrong("SELECT 1\nFROM x", "no", offset).ToString()
        );

    private static string? Refusal(string entered, SourceKind kind)
    {
        try
        {
            SourceQuery.Of(entered, kind);
            return null;
        }
        catch (SourceException refusal)
        {
            return refusal.LocalizedMessage.Code.Split('.')[1];
        }
    }
}
