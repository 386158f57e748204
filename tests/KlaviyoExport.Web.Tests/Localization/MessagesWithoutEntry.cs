namespace KlaviyoExport.Web.Tests.Localization;

/// <summary>
/// The messages that docs/troubleshooting.md leaves out, in groups with the reason. A star stands for all codes that begin so.
/// </summary>
internal static class MessagesWithoutEntry
{
    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["Names of things, which tell no event"] = """
            Alerts.Reason.* Connections.LimitOfInstallation Connections.LimitOwn Connections.OfAccount Connections.OfPractice
            Connections.Sharing.* Connections.Step* Delivery.Csv* Delivery.Difference.* Exports.Copy Exports.CopyNumber Exports.CopyOf
            Exports.FromConnection Exports.OfRun Exports.SyncMode.* Exports.TestProfileTo Exports.ToList Exports.Use.* Exports.Verify.*
            Exports.WhenRemovedByHand.* People.Field.* People.Named People.No People.Nothing People.Role.* People.Scope.*
            People.TokenOf People.Way.* People.Yes Scheduling.Cron Scheduling.Daily Scheduling.Day.* Scheduling.Hourly
            Scheduling.MonthEnd Scheduling.Monthly Scheduling.Off Scheduling.Weekly Scheduling.WithRefresh Secrets.Place*
            Segments.ConditionOf Segments.No Segments.Operator.* Segments.Phrase.* Segments.Yes Sources.AllColumns Sources.Days
            Sources.FormatOf Sources.Hours Sources.Tls.* Sources.Type.*
            """,
        ["Texts of mails and of the consent"] = "Alerts.Headline.Test Alerts.Mail.* Connections.Privacy.*",
        ["Parts of other messages"] = """
            Connections.Listed Delivery.ReasonsJoined Delivery.WaitsJobsCount Delivery.WaitsLimitOf Delivery.WaitsLimitUntil
            Exports.DriftReason Exports.DriftSegmentReason Exports.DriftTableReason Exports.MoreSentences Exports.RenamedColumn
            Exports.Sentences People.Listed Scheduling.Listed Segments.ListAndMore
            """,
        ["Entries of the audit"] = """
            Alerts.WebhookTo ConfigurationFiles.AppliedCount Connections.ByFile Exports.RemovedWith Lists.PersonCounts
            People.AuditPruned People.AuditRenewed People.AuditText People.BackupFiles People.BackupOf People.Change
            People.ChangeOfItems People.ChangeUnsaid People.Changes People.TokenFacts Segments.WithMembers
            """,
        ["What happened as it should"] = """
            Alerts.Recovered.* Connections.SameAccount Delivery.Approved Delivery.CheckCanceled Delivery.CheckSame Delivery.Canceled
            Delivery.LeftOutLate Delivery.NothingNew Delivery.PreparedCount Delivery.RejectedByPerson Delivery.RetriesRejected
            Delivery.RetryLeftOut Delivery.RetryLeftOutMany Delivery.SendsEverything Delivery.SendsMeanwhile Delivery.SentAgain
            Delivery.SentWithoutValues Delivery.SetAside Delivery.Stage* Delivery.Successful Delivery.UndoPrepared Delivery.Undoes
            Delivery.Undone Delivery.WithAudience Delivery.WithLeaving Delivery.WithLeavingOff Delivery.WithRespected
            Scheduling.Canceled Scheduling.Counted Scheduling.FollowsNoMore Scheduling.Loaded Scheduling.SubjectGone
            Scheduling.Unchanged Sources.Column.Added
            """,
        ["The item was removed, and nothing can be done"] = """
            Alerts.WebhookGone Connections.Gone Delivery.RunGone Exports.Gone People.Gone People.TokenGone Segments.Gone Sources.Gone
            """,
        ["An action that has nothing to act on, with the whole reason"] = """
            Alerts.NoAddress Delivery.AlreadyUnderWay Delivery.ApprovedAlready Delivery.CheckNothing Delivery.DecidedAlready
            Delivery.NoActiveSchedule Delivery.NoApprovalNeeded Delivery.NoListCheck Delivery.NothingToRetry Delivery.RetryTooEarly
            Delivery.RetryWhileRunning Delivery.RunEndedAlready Delivery.UndoNothing Delivery.UndoOfUndo Delivery.UndoTooEarly
            Scheduling.NoRefresh Scheduling.NothingToCancel
            """,
        ["A field of a form, with what to enter"] = """
            Alerts.ShareOutOfRange Alerts.WebhookAddress Alerts.WebhookName Alerts.WebhookNameTaken Alerts.WebhookSecret
            Connections.ConsentNeeded Connections.KeyMalformed Connections.KeyNeeded Connections.MaxProfilesWrong Connections.NameNeeded
            Connections.NameTaken Connections.NotReady Connections.VaultNameMalformed Delivery.EmailFault.* Exports.ApprovalAtLeastWrong
            Exports.ApprovalShareWrong Exports.AttributeTwice Exports.AttributeUnknown Exports.ConnectionNeeded Exports.DefaultInvalid
            Exports.DefaultOfIdentifier Exports.EmailNeeded Exports.ListNeeded Exports.ListNotInProperty Exports.NameNeeded
            Exports.NameTaken Exports.RegionUnknown Exports.SegmentNeeded Exports.SegmentTakenAndExcluded Exports.SeparatorWrong
            Exports.SourceNeeded People.AppKnown People.EmailNeeded People.EmailTaken People.NameNeeded People.NoApp
            People.PasskeyNameNeeded People.PasskeyNotMade People.PasswordWrong People.ProveAgain People.TokenDays
            People.TokenNameNeeded People.TokenNameTaken People.TokenRoleTooHigh People.TokenScopeNeeded People.TooManyPasskeys
            People.UsePasskey Scheduling.CronInvalid Scheduling.CronTooOften Scheduling.DayOfMonthInvalid Scheduling.DaysNeeded
            Scheduling.EveryHoursInvalid Scheduling.NeverHappens Scheduling.RefreshDailyOrWeekly Scheduling.TimesNeeded
            Scheduling.WholeMinutes Secrets.FileMalformed Secrets.VariableMalformed Secrets.VaultNameMalformed
            Segments.AnniversaryOutOfRange Segments.DaysOutOfRange Segments.FieldMissing Segments.ListTooLong
            Segments.MembershipIncomplete Segments.NameNeeded Segments.NameTaken Segments.NameTooLong Segments.ReferenceMissing
            Segments.Reversed Segments.SourceNeeded Segments.TooDeep Segments.TooManyConditions Segments.TooManyTogether
            Segments.TwoValuesNeeded Segments.ValueDoesNotFit Segments.ValueNeeded Segments.ValueTooLong Sources.AccessKeyNeeded
            Sources.AccountNeeded Sources.BucketInvalid Sources.BucketNeeded Sources.ChangedAtNeeded Sources.ClientIdNeeded
            Sources.CommentInvalid Sources.ContainerInvalid Sources.ContainerNeeded Sources.DatabaseNeeded Sources.DelimiterInvalid
            Sources.EndpointInvalid Sources.EntraNeedsTls Sources.FolderInvalid Sources.HostInvalid Sources.HostKeyInvalid
            Sources.HostKeyMissing Sources.HostNeeded Sources.HttpNotAllowed Sources.KeptOfUpload Sources.KeyNeeded Sources.KeyTooMany
            Sources.KeyTwice Sources.KindFixed Sources.LinesToSkipInvalid Sources.MaxAgeInvalid Sources.NameNeeded Sources.NameTaken
            Sources.NameTooLong Sources.OdbcKeyInvalid Sources.OdbcKeyTwice Sources.OdbcNameInvalid Sources.OdbcNeeded
            Sources.OdbcTooManyKeys Sources.OdbcValueInvalid Sources.PassphraseNeeded Sources.PassphraseWrong Sources.PasswordAgain
            Sources.PasswordNeeded Sources.PathNotFull Sources.PatternInvalid Sources.PortInvalid Sources.PrivateKeyInvalid
            Sources.QueryColumnNameless Sources.QueryColumnTwice Sources.QueryIncomplete Sources.QueryManyStatements Sources.QueryNeeded
            Sources.QueryNotSelect Sources.QueryParameter Sources.QueryStartsWith Sources.QueryTooLong Sources.RegionInvalid
            Sources.RegionNeeded Sources.SecretAgain Sources.SecretNeeded Sources.SignInInvalid Sources.TableNeeded Sources.TenantNeeded
            Sources.UserNeeded
            """,
        ["A line of a configuration file, with what is expected there"] = """
            ConfigurationFiles.Anchor ConfigurationFiles.ConditionWanted ConfigurationFiles.ConnectionUnknown
            ConfigurationFiles.ConnectionUnknownNear ConfigurationFiles.Empty ConfigurationFiles.EnvWanted ConfigurationFiles.Key*
            ConfigurationFiles.ListLength ConfigurationFiles.ListWanted ConfigurationFiles.MapWanted ConfigurationFiles.NameTwice
            ConfigurationFiles.NobodyKnown ConfigurationFiles.NotYaml ConfigurationFiles.NumberWanted ConfigurationFiles.OperatorWanted
            ConfigurationFiles.SecretWanted ConfigurationFiles.SegmentCircle ConfigurationFiles.SegmentUnknown
            ConfigurationFiles.SegmentUnknownNear ConfigurationFiles.SegmentWanted ConfigurationFiles.SourceUnknown
            ConfigurationFiles.SourceUnknownNear ConfigurationFiles.Tag ConfigurationFiles.Text* ConfigurationFiles.TimeWanted
            ConfigurationFiles.Too* ConfigurationFiles.True* ConfigurationFiles.TwoDocuments ConfigurationFiles.ValueMissing
            ConfigurationFiles.VariableName ConfigurationFiles.WholeWanted ConfigurationFiles.Word* Connections.NameExportUser
            """,
    };

    /// <summary>All codes and beginnings of codes.</summary>
    public static IReadOnlyList<string> All { get; } =
    [.. Reasons.Values.SelectMany(codes => codes.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>Whether an item of <see cref="All"/> names the code.</summary>
    public static bool Names(string item, string code) =>
        item.EndsWith('*') ? code.StartsWith(item[..^1], StringComparison.Ordinal) : code == item;
}
