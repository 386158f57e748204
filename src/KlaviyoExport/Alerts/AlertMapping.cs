using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Alerts;

internal sealed class AlertMapping
    : IEntityTypeConfiguration<RaisedAlert>,
        IEntityTypeConfiguration<AlertNotice>,
        IEntityTypeConfiguration<AlertState>,
        IEntityTypeConfiguration<OutboxMessage>,
        IEntityTypeConfiguration<OutboxAlert>,
        IEntityTypeConfiguration<AlertWebhook>,
        IEntityTypeConfiguration<AlertSettings>,
        IEntityTypeConfiguration<ExportAlerts>,
        IEntityTypeConfiguration<AlertPreferences>
{
    // Ids have 36 characters. A key of SQL Server has at most 900 bytes.
    private const int UserIdLength = 400;

    public void Configure(EntityTypeBuilder<RaisedAlert> builder)
    {
        builder.ToTable("Alerts");
        builder.Property(alert => alert.Subject).HasMaxLength(200);
        builder
            .HasIndex(alert => new
            {
                alert.Topic,
                alert.SubjectId,
                alert.Sequence,
            })
            .IsUnique();
        builder.HasIndex(alert => alert.At);
    }

    public void Configure(EntityTypeBuilder<AlertNotice> builder)
    {
        builder.ToTable("AlertNotices");
        builder.Property(notice => notice.UserId).HasMaxLength(UserIdLength);
        builder.HasKey(notice => new { notice.UserId, notice.AlertId });
        builder.HasOne(notice => notice.Alert).WithMany().HasForeignKey(notice => notice.AlertId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<AlertState> builder)
    {
        builder.ToTable("AlertStates");
        builder.HasKey(state => new { state.Topic, state.SubjectId });
    }

    public void Configure(EntityTypeBuilder<OutboxMessage> builder)
    {
        builder.ToTable("OutboxMessages");
        builder.Property(message => message.Key).HasMaxLength(32);
        builder.HasIndex(message => message.Key).IsUnique();
        builder.Property(message => message.UserId).HasMaxLength(UserIdLength);
        builder.Property(message => message.Language).HasMaxLength(20);
        builder.HasIndex(message => message.DueAt);
        builder.HasIndex(message => message.UserId);
        builder.HasOne<AlertWebhook>().WithMany().HasForeignKey(message => message.WebhookId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(message => message.Alerts).WithOne().HasForeignKey(content => content.MessageId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<OutboxAlert> builder)
    {
        builder.ToTable("OutboxAlerts");
        builder.HasKey(content => new { content.MessageId, content.AlertId });
        builder.HasOne(content => content.Alert).WithMany().HasForeignKey(content => content.AlertId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<AlertWebhook> builder)
    {
        builder.ToTable("AlertWebhooks");
        builder.Property(webhook => webhook.Name).HasMaxLength(100);
        builder.HasIndex(webhook => webhook.Name).IsUnique();
        builder.Property(webhook => webhook.Host).HasMaxLength(255);
    }

    public void Configure(EntityTypeBuilder<AlertSettings> builder)
    {
        builder.ToTable("AlertSettings");
        builder.Property(settings => settings.Id).ValueGeneratedNever();
    }

    public void Configure(EntityTypeBuilder<ExportAlerts> builder)
    {
        builder.ToTable("ExportAlerts");
        builder.HasKey(settings => settings.ExportId);
        builder.HasOne<Export>().WithMany().HasForeignKey(settings => settings.ExportId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(settings => settings.ExportId).ValueGeneratedNever();
        builder.Property(settings => settings.People).IsJson();
    }

    public void Configure(EntityTypeBuilder<AlertPreferences> builder)
    {
        builder.ToTable("AlertPreferences");
        builder.HasKey(preferences => preferences.UserId);
        builder.Property(preferences => preferences.UserId).HasMaxLength(UserIdLength);
        builder.Property(preferences => preferences.NotByMail).IsJson();
        builder.Property(preferences => preferences.NotByBell).IsJson();
    }
}
